"""Results that outlive their run: hashing, cache policies, serializers, stores."""
