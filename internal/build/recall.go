package build

import (
	"crypto/sha256"
	"fmt"

	"github.com/rutter-dev/rutter/internal/cache"
	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/pack"
)

// result is what some work came to, with its findings.
type result[T any] struct {
	Value T
	Found []diag.Finding
}

// recall returns what some work came to, from memory if it was done before in
// the same state of the world on the same input. A state of "" is never the
// same. Errors are not kept. The value is shared and must not be changed.
func recall[T any](b *Build, state string, input any, work func(*diag.List) (T, error)) (T, error) {
	s := b.session
	var r result[T]
	key := cache.Key(sha256.Sum256(pack.Append(fmt.Appendf(nil, "%s %d %q ", pack.Schema(r), len(state), state), input)))
	done := false
	if state != "" {
		if r, done = s.recalled[key].(result[T]); !done && s.cache != nil {
			data, ok := s.cache.Get(key)
			done = ok && pack.Decode(data, &r) == nil
		}
	}
	if !done {
		var found diag.List
		var err error
		if r.Value, err = work(&found); err != nil {
			b.Findings.Join(found)
			return r.Value, err
		}
		r.Found = found.Take()
		if state != "" && s.cache != nil {
			// Where it cannot be kept, the next process does the work again.
			_ = s.cache.Put(key, pack.Append(nil, &r))
			s.learnt = true
		}
	}
	if state != "" {
		s.recalled[key] = r
		s.used = append(s.used, key)
	}
	b.Findings.Add(r.Found...)
	return r.Value, nil
}
