package main

import "time"

// notify is half a year of a team that records no deployments: merges stand in
// for them.
var notify = story{
	name: "notify", seed: 1620, begin: time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC), number: 201,
	practices: []practice{
		{"2026-04-06", 2, 2, 4 * hour, 3 * hour, 2 * hour, nil, 0},
		{"2026-07-13", 1, 2, 4 * hour, 3 * hour, 2 * hour, nil, 0},
		{"2026-08-24", 2, 2, 4 * hour, 3 * hour, 2 * hour, nil, 0},
	},
	work: notifyWork, libraries: notifyLibraries,
	troubles: map[string]trouble{"2026-06-16": {title: "Hotfix: stop the second reminder"}},
	merges:   true,
	open: []opened{
		{ago: 33 * 24 * hour, title: "Send messages in the evening only", label: "feature", reviewed: true},
		{ago: 5*24*hour + 9*hour},
		{ago: 2*24*hour + 14*hour},
	},
}
