"""What a contact is, the settings, and the opening and publishing of the store."""
