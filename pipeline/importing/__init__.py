"""An import as it runs on a machine: sources found, read or downloaded, and issues put into their folders."""
