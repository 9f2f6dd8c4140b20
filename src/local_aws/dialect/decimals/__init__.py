"""Division of decimals, whose scale follows from the precisions that its operands were declared with."""
