"""From the schema to pandera, and from failures to findings with a cell address."""
