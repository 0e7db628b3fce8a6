SELECT bytes FROM key_check
