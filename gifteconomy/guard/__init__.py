"""What production refuses to start with. Each refusal is one sentence that says what to do."""
