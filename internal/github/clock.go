package github

import (
	"context"
	"time"
)

// Clock tells the time and lets it pass.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error // ends early, with the error of ctx, when ctx ends
}

// machineClock is the clock of this machine. Its times keep their monotonic
// reading, so that a wait does not change when somebody sets the clock.
type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now().UTC() }

func (machineClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
