"""The use cases: what the command line does is one public function here."""
