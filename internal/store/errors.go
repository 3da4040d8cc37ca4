package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What callers tell apart, with errors.Is. Each of them but ErrRecord and
// ErrClaimLost is an ErrStore too.
var (
	// ErrStore is any failure of the store itself.
	ErrStore = errors.New("the store cannot be used")
	// ErrNone is a store that is not there.
	ErrNone = errors.New("there is no store")
	// ErrDamaged is a store that does not hold what was written.
	ErrDamaged = errors.New("the store is damaged")
	// ErrConflict is a cursor that somebody else has moved.
	ErrConflict = errors.New("another run has gone on from the same page")

	// ErrClaimLost is a claim that ran out and was taken over.
	ErrClaimLost = errors.New("another collector has taken the repository over")
	// ErrRecord is an event that cannot be kept, such as one without an id.
	ErrRecord = errors.New("the event cannot be kept")
)

// BusyError is a store that another process uses. It is an ErrStore.
type BusyError struct {
	Place string
	Who   string    // "": not known
	Since time.Time // zero: not known
}

func (e *BusyError) Error() string {
	if e.Who == "" && e.Since.IsZero() {
		return fmt.Sprintf("the store %s is locked by another program", e.Place)
	}
	text := fmt.Sprintf("another sync uses the store %s", e.Place)
	if !e.Since.IsZero() {
		text += " since " + e.Since.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	if e.Who != "" {
		text += ", by " + e.Who
	}
	return text
}

func (e *BusyError) Unwrap() error { return ErrStore }

// failure is a sentence for the user that answers to ErrStore and to its kind,
// and keeps its cause.
type failure struct {
	kind  error // nil: ErrStore alone
	text  string
	cause error // nil where the sentence says it all
}

func (f *failure) Error() string {
	if f.cause == nil {
		return f.text
	}
	return f.text + ": " + f.cause.Error()
}

func (f *failure) Unwrap() []error {
	list := []error{ErrStore}
	if f.kind != nil {
		list = append(list, f.kind)
	}
	if f.cause != nil {
		list = append(list, f.cause)
	}
	return list
}

// refused is a store that must not be used as it is.
func refused(format string, args ...any) error {
	return &failure{text: fmt.Sprintf(format, args...)}
}

func damaged(format string, args ...any) error {
	return &failure{kind: ErrDamaged, text: fmt.Sprintf(format, args...)}
}

// failed puts an error into words: those of the engine, unless it is ours or
// that of ctx.
func (s *Store) failed(ctx context.Context, act string, err error) error {
	var busy *BusyError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", act, ctx.Err())
	case ours(err):
		return fmt.Errorf("%s: %w", act, err)
	case errors.As(err, &busy):
		return err
	}
	if said := s.engine.explain(s.place, err); said != nil {
		return fmt.Errorf("%s: %w", act, said)
	}
	return &failure{text: act + " in the store " + s.place, cause: err}
}

// ours reports whether an error has been put into words already.
func ours(err error) bool {
	return errors.Is(err, ErrStore) || errors.Is(err, ErrClaimLost) || errors.Is(err, ErrRecord)
}
