s/X(jsonl)/& X(lines)/
