"""What runs on the board while a connection lasts. Standard library of Python 3.8 only.

It comes through the connection and nothing of it is kept. Names reach it as data, so none is ever
read by a shell."""
