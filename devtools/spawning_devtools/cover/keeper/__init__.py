"""The keeper: a process that hears which lines ran, keeps them, and answers for `/_coverage`."""
