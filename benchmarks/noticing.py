"""How late a statement's end is noticed, and with how many calls, by the statement's length and the client.

    python -m benchmarks noticing

All clients run at the same time, since they mostly wait; they begin a second apart, since nine that submit at once keep
the processors busy beyond the shortest statement's end. Lengths vary by up to a tenth, so that no poll falls on an end
by luck.
"""

import random
import statistics

from benchmarks.peers.clients import OURS, PEERS, TASKS, Client, Measured, side_by_side, tagged
from benchmarks.place import stand_in, temporary_folder
from benchmarks.report import Bar, Plot, Section, Table

LENGTHS = (0.1, 1.0, 5.0, 30.0)
SECONDS_APART = 1.0
CLIENTS = (OURS, TASKS, *PEERS)


def measure(repeats: int) -> Section:
    """Measures every client at every length, so many times."""
    dice = random.Random(1)
    with temporary_folder() as folder, stand_in(folder, max_executing=100) as served:
        rounds = []
        for number in range(repeats):
            lengths = [length * dice.uniform(1, 1.1) for length in LENGTHS]
            stages = {client: [tagged(client, lengths, f"noticing {number}")] for client in CLIENTS}
            rounds.append(side_by_side(stages, served, folder / str(number), SECONDS_APART))
    return section(rounds)


def section(rounds: list[dict[Client, Measured]]) -> Section:
    """Return the medians, side by side."""
    late = {
        client: [
            statistics.median(found[client].late[place] for found in rounds) for place in range(len(LENGTHS))
        ]
        for client in CLIENTS
    }
    calls = {
        client: [
            statistics.median(found[client].calls[place] for found in rounds) for place in range(len(LENGTHS))
        ]
        for client in CLIENTS
    }
    header = ["seconds noticed late (calls)", *(f"{length:g} s" for length in LENGTHS)]
    rows = [
        [client.name, *(f"{s:.3f} ({c:g})" for s, c in zip(late[client], calls[client], strict=True))]
        for client in CLIENTS
    ]
    ours = [seconds for found in rounds for seconds in found[OURS].late]
    best_peer = [min(late[client][place] for client in PEERS) for place in range(len(LENGTHS))]
    ratio = min(peer / own for peer, own in zip(best_peer, late[OURS], strict=True))
    return Section(
        key="noticing",
        title="Noticing the end of one statement",
        text="Seconds from the engine's end of a statement to the client's knowing it, and API calls in brackets.",
        tables=[Table(header, rows)],
        bars=[
            Bar("noticed late, worst of all single statements", 1000 * max(ours), 25, "ms"),
            Bar("calls to the end of a statement of 1 s", calls[OURS][LENGTHS.index(1.0)], 1, ""),
            Bar("the best peer's lateness over ours, at the worst length", ratio, 1, "x", above=True),
        ],
        plots=[
            Plot(
                "noticing",
                "seconds that the statement takes",
                "seconds noticed late",
                {client.name: list(zip(LENGTHS, late[client], strict=True)) for client in CLIENTS},
            )
        ],
        data={
            "late": {client.name: late[client] for client in CLIENTS},
            "calls": {client.name: calls[client] for client in CLIENTS},
        },
    )
