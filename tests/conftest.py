"""Its presence lets the tests in the folders below import the modules that lie beside it."""
