"""Getting contacts in: files, mapping, privacy at the gate, rejects, accounts, publishing."""
