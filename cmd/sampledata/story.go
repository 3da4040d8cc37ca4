package main

import "time"

const hour = time.Hour

// end is when all stories end: with a Sunday. Each begins on a Monday, so that
// its weeks are whole.
var end = time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)

// story is what a team lives through. Days are written as 2026-05-12.
type story struct {
	name      string // of the service and of its repository
	seed      uint64
	begin     time.Time
	number    int // of the first pull request
	incident  int // number of the first incident
	practices []practice
	work      []kind
	libraries []string // what the bot updates
	troubles  map[string]trouble
	outages   []outage

	regions   []string        // environments that a release goes to one after another; none: production
	staging   bool            // main goes to staging on Mondays and Thursdays
	merges    bool            // nobody records deployments; merges stand in for them
	attempts  map[string]bool // days from which on the first attempt to deploy fails: nothing goes live and a second one follows
	redeploys map[string]bool // days on which the same version goes out again
	halts     map[string]bool // days on which a release stops before its last region
	open      []opened        // pull requests that are open at the end
	dropped   []opened        // pull requests that were closed without a merge
}

// practice is how the team works for a while. Durations are medians of work.
type practice struct {
	from    string // the Monday it begins on
	changes int    // begun in a week
	commits int    // at most, in a change
	coding  time.Duration
	pickup  time.Duration
	review  time.Duration
	slots   map[time.Weekday]int // chance of a deployment in the afternoon of a day, in percent
	morning int                  // chance of one more in the morning
}

// practiceOn is the practice of the week that day is in.
func (s story) practiceOn(day time.Time) practice {
	now := s.practices[0]
	for _, p := range s.practices {
		if p.from <= day.Format(time.DateOnly) {
			now = p
		}
	}
	return now
}

// trouble is a deployment that fails in production: the first one on or after
// its day.
type trouble struct {
	rollback bool          // go back first, then mend; otherwise a hotfix goes out
	revert   bool          // mend by taking the change back
	late     time.Duration // working hours until somebody notices
	title    string        // of the hotfix
	incident string        // title of the incident; "": nobody reports one
	cause    cause         // what the incident names
	twice    bool          // it is reported twice
	open     bool          // nobody has mended it yet
}

// cause is what an incident names as its cause.
type cause int

const (
	nothing cause = iota
	theDeployment
	theChange
)

// outage is an incident with no deployment behind it.
type outage struct {
	at    time.Time
	took  time.Duration
	title string
	label string
}

// opened is a pull request that is not merged.
type opened struct {
	ago      time.Duration // before the end
	title    string        // "": the next of the story's titles, and its label
	label    string
	reviewed bool // it waits for its author
	bot      bool
}
