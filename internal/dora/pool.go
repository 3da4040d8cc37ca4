package dora

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// pool joins the books of services into that of their team or of the
// organisation (metrics/S2): the deployments and changes themselves, each once.
// A change that several services deliver counts where it was delivered first.
func pool(books []*book) *book {
	if len(books) == 1 {
		return books[0]
	}
	all := &book{quiet: OutsideCoverage}
	for i, b := range books {
		all.spans = append(all.spans, b.spans...)
		all.asOf = later(all.asOf, b.asOf)
		all.live = append(all.live, b.live...)
		all.redeploys = append(all.redeploys, b.redeploys...)
		all.failed = append(all.failed, b.failed...)
		all.delivered = append(all.delivered, b.delivered...)
		all.landed = append(all.landed, b.landed...)
		all.bots = append(all.bots, b.bots...)
		all.notes = append(all.notes, b.notes...)
		all.troubles = append(all.troubles, b.troubles...)
		all.omitted = append(all.omitted, b.omitted...)
		all.judges = all.judges || b.judges
		if i == 0 || b.noLead == "" {
			all.noLead = b.noLead
		}
		if b.quiet == NoData {
			all.quiet = NoData
		}
	}
	slices.SortFunc(all.live, compareDeployments)
	all.live = joint(all.live)
	slices.SortFunc(all.troubles, compareTroubles)
	all.troubles = once(all.troubles, func(t trouble) string { return t.key })
	for _, list := range []*[]event{&all.redeploys, &all.failed} {
		slices.SortFunc(*list, compareEvents)
		*list = once(*list, func(e event) string { return e.key })
	}
	slices.SortFunc(all.delivered, compareDelivered)
	all.delivered = once(all.delivered, unit.identity)
	slices.SortFunc(all.bots, compareDelivered)
	all.bots = once(all.bots, unit.identity)
	slices.SortFunc(all.landed, func(a, b unit) int {
		waits := func(u unit) int64 { // what was delivered stands before what waits
			if u.end.IsZero() {
				return math.MaxInt64
			}
			return u.end.Unix()
		}
		return cmp.Or(compareLanded(a, b), cmp.Compare(waits(a), waits(b)))
	})
	all.landed = once(all.landed, unit.identity)
	slices.SortFunc(all.notes, compareNotes)
	all.notes = once(all.notes, func(n note) string { return string(n.code) + n.key })
	return all
}

// joint keeps each deployment once: it failed if it did for any of the services
// that it brought something to.
func joint(list []deployment) []deployment {
	at := make(map[string]int, len(list))
	kept := list[:0]
	for _, d := range list {
		i, seen := at[d.key]
		if !seen {
			at[d.key] = len(kept)
			kept = append(kept, d)
			continue
		}
		k := &kept[i]
		if k.failed() && d.failed() && (k.restored.IsZero() || d.restored.IsZero()) {
			k.restored = time.Time{}
		} else {
			k.restored = later(k.restored, d.restored)
		}
		for _, signs := range []struct {
			to   *[]sign
			more []sign
		}{{&k.signs, d.signs}, {&k.repairs, d.repairs}} {
			both := append(slices.Clone(*signs.to), signs.more...)
			slices.SortFunc(both, compareSigns)
			*signs.to = slices.Compact(both)
		}
		k.measured, k.young = k.measured || d.measured, k.young || d.young
		k.byHand = verdict{cmp.Or(k.byHand.failed, d.byHand.failed), cmp.Or(k.byHand.rework, d.byHand.rework)}
	}
	return kept
}

func (u unit) identity() string { return u.key }

// once keeps the first of those with the same key.
func once[T any](list []T, key func(T) string) []T {
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(v T) bool {
		k := key(v)
		was := seen[k]
		seen[k] = true
		return was
	})
}
