package main

import "time"

// checkout is a year with all that can be measured.
var checkout = story{
	name: "checkout", seed: 1436, begin: time.Date(2025, 10, 6, 0, 0, 0, 0, time.UTC), number: 412, incident: 31,
	practices: []practice{
		{"2025-10-06", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
		{"2025-12-01", 5, 3, 9 * hour, 5 * hour, 5 * hour, slow, 0},
		{"2025-12-22", 0, 1, hour, hour, hour, nil, 0},
		{"2025-12-29", 2, 2, 5 * hour, 4 * hour, 3 * hour, slow, 0},
		{"2026-01-05", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
		{"2026-02-02", 6, 3, 8 * hour, 24 * hour, 26 * hour, train, 0},
		{"2026-03-02", 7, 3, 8 * hour, 4 * hour, 4 * hour, train, 0},
		{"2026-04-06", 7, 2, 4 * hour, 2 * hour, 90 * time.Minute, daily, 45},
		{"2026-04-20", 7, 2, 3 * hour, 90 * time.Minute, hour, daily, 45},
		{"2026-07-27", 6, 2, 3 * hour, 2 * hour, 90 * time.Minute, daily, 45},
		{"2026-08-24", 7, 2, 3 * hour, 80 * time.Minute, hour, daily, 45},
	},
	work: checkoutWork, libraries: checkoutLibraries,
	troubles: map[string]trouble{
		"2025-11-13": {rollback: true, revert: true, incident: "Orders fail at the last step", cause: theDeployment},
		"2026-01-20": {title: "Hotfix: accept postcodes with a space again", incident: "Some addresses are refused", cause: theDeployment},
		"2026-02-24": {title: "Hotfix: do not charge delivery twice on a retry", incident: "Delivery is charged twice"},
		"2026-03-17": {rollback: true, title: "Hotfix: read the currency of old carts", incident: "Old carts cannot be opened", cause: theDeployment, twice: true},
		"2026-04-28": {revert: true, late: 3 * hour},
		"2026-05-12": {title: "Hotfix: raise the time limit of the card check", incident: "Card payments time out", cause: theDeployment},
		"2026-07-08": {title: "Hotfix: show the pay button in narrow windows"},
		"2026-08-18": {revert: true, late: 12 * hour},
		"2026-09-09": {title: "Hotfix: send the receipt once", incident: "Receipts arrive twice", cause: theChange},
		"2026-10-01": {open: true, incident: "Vouchers are refused now and then"},
	},
	// The card provider was down on a Sunday.
	outages: []outage{{time.Date(2026, 6, 21, 5, 42, 10, 0, time.UTC), 73 * time.Minute, "The card provider does not answer", "provider"}},
	staging: true,
	attempts: map[string]bool{
		"2025-10-16": true, "2025-12-04": true, "2026-01-27": true, "2026-03-10": true, "2026-05-20": true, "2026-06-17": true, "2026-08-12": true,
	},
	redeploys: map[string]bool{"2026-01-14": true, "2026-06-03": true, "2026-09-02": true}, // to pick up renewed certificates
	open: []opened{
		{ago: 214 * 24 * hour, title: "Try another way to store carts", label: "maintenance"},
		{ago: 163 * 24 * hour, title: "Ask for the company's tax number", label: "feature", reviewed: true},
		{ago: 121 * 24 * hour, title: "Update page-renderer from 2.9 to 3.0", label: "dependencies", bot: true},
		{ago: 96 * 24 * hour, title: "Show prices with and without tax", label: "feature", reviewed: true},
		{ago: 61 * 24 * hour, title: "Update test-runner from 4.30 to 5.0", label: "dependencies", bot: true},
		{ago: 47 * 24 * hour, title: "Draw the delivery map without scripts", label: "feature"},
		{ago: 38 * 24 * hour, title: "Count what customers leave in the cart", label: "feature", reviewed: true},
		{ago: 27 * 24 * hour},
		{ago: 25 * 24 * hour, reviewed: true},
		{ago: 20*24*hour + 5*hour},
		{ago: 17*24*hour + 14*hour, title: "Update base-image from 3.8 to 4.0", label: "dependencies", bot: true},
		{ago: 13 * 24 * hour, reviewed: true},
		{ago: 12*24*hour + 9*hour},
		{ago: 11 * 24 * hour, reviewed: true},
		{ago: 10*24*hour + 13*hour, reviewed: true},
		{ago: 9*24*hour + 12*hour},
		{ago: 6*24*hour + 11*hour, reviewed: true},
		{ago: 5*24*hour + 15*hour},
		{ago: 5*24*hour + 9*hour, title: "Update json-schema from 2.11 to 2.12", label: "dependencies", bot: true},
		{ago: 4*24*hour + 14*hour},
		{ago: 3*24*hour + 13*hour, reviewed: true},
		{ago: 3*24*hour + 8*hour},
		{ago: 2*24*hour + 15*hour},
		{ago: 2*24*hour + 11*hour},
		{ago: 2*24*hour + 8*hour},
	},
	dropped: []opened{
		{ago: 301 * 24 * hour, title: "Move the summary page to the front", label: "feature", reviewed: true},
		{ago: 230 * 24 * hour, title: "Write our own date picker", label: "feature", reviewed: true},
		{ago: 139 * 24 * hour, title: "Keep two versions of the price rules", label: "maintenance", reviewed: true},
		{ago: 68 * 24 * hour, title: "Retry payments without asking", label: "feature"},
	},
}

var (
	// Releases go out on two fixed days, sometimes on a third.
	train = map[time.Weekday]int{time.Monday: 35, time.Tuesday: 95, time.Wednesday: 35, time.Thursday: 95}
	slow  = map[time.Weekday]int{time.Tuesday: 90, time.Thursday: 55}
	// Whatever is on main goes out every day, often twice.
	daily = map[time.Weekday]int{time.Monday: 96, time.Tuesday: 96, time.Wednesday: 96, time.Thursday: 96, time.Friday: 45}
)
