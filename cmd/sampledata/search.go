package main

import "time"

// search is half a year with one release a week, which goes from region to
// region: few deployments, so that most numbers are small samples.
var search = story{
	name: "search", seed: 1543, begin: time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC), number: 87, incident: 5,
	practices: []practice{
		{"2026-04-06", 3, 3, 7 * hour, 4 * hour, 3 * hour, weekly, 0},
		{"2026-07-27", 2, 2, 6 * hour, 6 * hour, 4 * hour, weekly, 0},
		{"2026-08-24", 3, 3, 7 * hour, 4 * hour, 3 * hour, weekly, 0},
	},
	work: searchWork, libraries: searchLibraries,
	troubles: map[string]trouble{
		"2026-05-20": {title: "Hotfix: find words with an accent again", incident: "No results for words with an accent", cause: theDeployment},
		"2026-08-05": {revert: true, late: 3 * hour, incident: "Results are hours old"},
	},
	outages:  []outage{{time.Date(2026, 7, 18, 21, 4, 0, 0, time.UTC), 41 * time.Minute, "A data centre loses its network", "provider"}},
	regions:  []string{"prod-eu", "prod-us", "prod-ap"},
	attempts: map[string]bool{"2026-06-24": true},
	halts:    map[string]bool{"2026-09-09": true},
	open: []opened{
		{ago: 54 * 24 * hour, title: "Rank by what customers bought", label: "feature", reviewed: true},
		{ago: 12*24*hour + 10*hour},
		{ago: 4*24*hour + 13*hour, reviewed: true},
		{ago: 3*24*hour + 9*hour},
	},
}

var weekly = map[time.Weekday]int{time.Wednesday: 92}
