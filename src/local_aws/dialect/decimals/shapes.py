"""Precision and scale of expressions of a parse tree, by Redshift's rules."""

from collections.abc import Callable, Iterator
from typing import Any

from local_aws.dialect.decimals.trees import Node

Shape = tuple[int, int]
NUMERIC, DIVISION = "1700", "1761"
LARGEST = 38
_INTEGERS = {"1782": (5, 0), "1740": (10, 0), "1781": (19, 0)}  # casts of int2, int4 and int8
_TO_WIDTH = "1703"
_SUM_OF_INT8 = "2107"


def quotient(left: Shape, right: Shape) -> Shape:
    """Precision and scale of a division."""
    (p1, s1), (p2, s2) = left, right
    scale = max(4, s1 + p2 - s2 + 1)
    precision = p1 - s1 + s2 + scale
    if precision > LARGEST:
        return LARGEST, max(LARGEST - (precision - scale), min(4, scale))
    return precision, scale


def divisions(tree: Node, literal: Callable[[int], str]) -> Iterator[tuple[int, Shape | None]]:
    """Where decimals are divided, in bytes, and the shapes that are known; `literal` reads the literal at a place."""
    reader = _Reader(literal)
    pending: list[tuple[Any, tuple[Node, ...]]] = [(tree, ())]
    while pending:
        item, queries = pending.pop()
        if isinstance(item, list):
            pending += [(part, queries) for part in item]
        elif isinstance(item, dict):
            inner = (*queries, item) if item["node"] == "QUERY" else queries
            pending += [(part, inner) for part in item.values() if isinstance(part, dict | list)]
            if item["node"] == "OPEXPR" and item["opno"] == DIVISION:
                yield int(item["location"]), reader.shape(item, inner)


class _Reader:
    def __init__(self, literal: Callable[[int], str]) -> None:
        self._literal = literal

    def shape(self, node: Any, queries: tuple[Node, ...]) -> Shape | None:
        """Return the shape of a node inside these queries, the innermost last."""
        if not isinstance(node, dict):
            return None
        given = node.get("vartypmod") or node.get("consttypmod") or node.get("resulttypmod") or -1
        if (modifier := int(given)) >= 4:
            return (modifier - 4) >> 16, (modifier - 4) & 0x7FF
        match node["node"]:
            case "CONST":
                return self._const(node)
            case "VAR":
                return self._var(node, queries)
            case "SUBLINK":
                return self._column(node["subselect"], 1, queries)
            case "OPEXPR":
                return self._operation(node, queries)
            case "FUNCEXPR":
                return self._function(node, queries)
            case "AGGREF" | "WINDOWFUNC":
                return self._aggregate(node, queries)
            case "NULLIFEXPR":
                return self.shape(node["args"][0], queries)
            case "COALESCEEXPR" | "MINMAXEXPR":
                return self._widest(node["args"], queries)
            case "CASEEXPR":
                results = [branch["result"] for branch in node["args"]] + [node["defresult"]]
                return self._widest([result for result in results if isinstance(result, dict)], queries)
        return None

    def _const(self, node: Node) -> Shape | None:
        whole, _, fraction = self._literal(int(node["location"])).partition(".")
        if not (whole + fraction).isdigit():
            return None
        return max(len(whole.lstrip("0")) + len(fraction), 1), len(fraction)

    def _var(self, node: Node, queries: tuple[Node, ...]) -> Shape | None:
        """Return the shape of a column of a subquery, a join or a group, which is what it is there."""
        level, number = int(node["varlevelsup"]), int(node["varattno"])
        around = queries[: len(queries) - level]
        if not around or number < 1:
            return None
        entry = around[-1]["rtable"][int(node["varno"]) - 1]
        for name in ("groupexprs", "joinaliasvars"):
            if isinstance(entry.get(name), list) and len(entry[name]) >= number:
                return self.shape(entry[name][number - 1], around)
        if entry.get("ctename"):
            around = around[: len(around) - int(entry["ctelevelsup"])]
            named = [cte for cte in around[-1]["cteList"] if cte["ctename"] == entry["ctename"]]
            return self._column(named[0]["ctequery"], number, around) if named else None
        return self._column(entry.get("subquery"), number, around)

    def _column(self, query: Any, number: int, around: tuple[Node, ...]) -> Shape | None:
        if not isinstance(query, dict) or len(query["targetList"]) < number:
            return None
        return self.shape(query["targetList"][number - 1]["expr"], (*around, query))

    def _operation(self, node: Node, queries: tuple[Node, ...]) -> Shape | None:
        shapes = [self.shape(argument, queries) for argument in node["args"]]
        if len(shapes) == 1:
            return shapes[0]
        left, right = shapes
        if left is None or right is None:
            return None
        (p1, s1), (p2, s2) = left, right
        if node["opno"] == DIVISION:
            return quotient(left, right)
        if node["opno"] == "1760":
            return min(p1 + p2 + 1, LARGEST), s1 + s2
        if node["opno"] in ("1758", "1759"):
            scale = max(s1, s2)
            return min(max(p1 - s1, p2 - s2) + 1 + scale, LARGEST), scale
        return None

    def _function(self, node: Node, queries: tuple[Node, ...]) -> Shape | None:
        arguments = node["args"] if isinstance(node["args"], list) else []
        if node["funcid"] in _INTEGERS:
            return _INTEGERS[node["funcid"]]
        if node["funcid"] == _TO_WIDTH and len(arguments) == 2:
            size = arguments[1].get("constvalue", [])[:4]
            modifier = sum((int(byte) & 0xFF) << (8 * at) for at, byte in enumerate(size)) - 4
            return modifier >> 16, modifier & 0x7FF
        return self.shape(arguments[0], queries) if node["funcresulttype"] == NUMERIC and arguments else None

    def _aggregate(self, node: Node, queries: tuple[Node, ...]) -> Shape | None:
        """SUM is as wide as can be; MIN, MAX and AVG are like their argument, AVG as wide as can be."""
        kind = node.get("aggfnoid") or node.get("winfnoid")
        if kind == _SUM_OF_INT8:
            return LARGEST, 0
        arguments = node["args"]
        if not isinstance(arguments, list) or len(arguments) != 1:
            return None
        inner = self.shape(arguments[0].get("expr", arguments[0]), queries)
        return inner if inner is None or kind in ("2130", "2146") else (LARGEST, inner[1])

    def _widest(self, nodes: list[Node], queries: tuple[Node, ...]) -> Shape | None:
        """Return a shape that all of them fit into; NULL fits into any."""
        shapes = [self.shape(node, queries) for node in nodes if node.get("constisnull") != "true"]
        known = [shape for shape in shapes if shape is not None]
        if not known or len(known) < len(shapes):
            return None
        scale = max(scale for _, scale in known)
        return min(max(precision - scale for precision, scale in known) + scale, LARGEST), scale
