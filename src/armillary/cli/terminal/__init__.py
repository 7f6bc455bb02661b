"""What is printed and asked: tables, messages, prompts, paging, exit codes."""
