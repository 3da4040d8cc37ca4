package diagram_test

import "github.com/rutter-dev/rutter/internal/diagram"

// linear is a process in which every step leads to the next.
func linear() *diagram.Flow {
	return &diagram.Flow{
		ID: "slice", Title: "How a slice becomes a release",
		Desc:  "Six steps from a chosen slice to a release, among the product manager, the developer and DevOps.",
		Lanes: []string{"Product manager", "Developer", "DevOps"},
		Steps: []diagram.Step{
			{Label: "Choose a slice", Note: "from the top of the list", Lane: 0, Href: "plan/"},
			{Label: "Write examples", Lane: 0, Href: "examples/"},
			{Label: "Develop", Note: "small changes", Lane: 1, Href: "develop/", Kind: diagram.Sub},
			{Label: "Review", Note: "within a day", Lane: 1, Here: true, Href: "review/"},
			{Label: "Deploy", Lane: 2, Href: "deploy/"},
			{Label: "Watch the release", Lane: 2, Href: "watch/"},
		},
		Edges: []diagram.Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 4, To: 5}},
	}
}

// incident has branches, a way back and ways out.
func incident() *diagram.Flow {
	return &diagram.Flow{
		ID: "incident", Title: "Incident response",
		Desc:  "From an alert to the review: who takes part, and what happens when the first fix does not help.",
		Lanes: []string{"On-call engineer", "Incident lead", "Customer support"},
		Steps: []diagram.Step{
			{Label: "Notice the alert", Note: "within 5 min", Lane: 0, Href: "alert/"},
			{Label: "Customers affected?", Lane: 0, Kind: diagram.Decision, Href: "affected/"},
			{Label: "Declare an incident", Lane: 1, Href: "declare/"},
			{Label: "Tell customers", Note: "status page", Lane: 2, Href: "tell/"},
			{Label: "Restore the service", Note: "roll back first", Lane: 0, Href: "restore/", Kind: diagram.Sub},
			{Label: "Restored?", Lane: 1, Kind: diagram.Decision},
			{Label: "Close the incident", Lane: 1, Here: true, Href: "close/"},
			{Label: "Say that it is over", Lane: 2},
			{Label: "Review without blame", Note: "within 5 days", Lane: 1, Href: "review/", Kind: diagram.Sub},
		},
		Edges: []diagram.Edge{
			{From: 0, To: 1}, {From: 1, To: 2, Label: "yes"}, {From: 1, To: -1, Label: "Ticket in the backlog", Href: "backlog/"},
			{From: 2, To: 3}, {From: 2, To: 4}, {From: 4, To: 5}, {From: 5, To: 6, Label: "yes"},
			{From: 5, To: 4, Label: "no, try the next", Back: true}, {From: 6, To: 7}, {From: 6, To: 8},
			{From: 8, To: -1, Label: "Improvements to plan", Href: "plan/"},
		},
	}
}

// build is a closed loop.
func build() *diagram.Loop {
	return &diagram.Loop{
		ID: "build", Title: "The build cycle", Desc: "Six stages from a reason to a running change and back.", Closed: true,
		Stages: []diagram.Step{
			{Label: "Plan", Href: "plan/", Note: "slices with examples"},
			{Label: "Develop", Href: "develop/", Here: true, Note: "a reviewed change"},
			{Label: "Test", Href: "test/", Note: "evidence"},
			{Label: "Integrate and deliver", Href: "integrate-deliver/"},
			{Label: "Operate and monitor", Href: "operate-monitor/"},
			{Label: "Feedback and improve", Href: "feedback-improve/"},
		},
	}
}

// hands has 12 roles and 25 arrows.
func hands() *diagram.Map {
	m := &diagram.Map{ID: "hands", Title: "Who hands what to whom", Desc: "Twelve roles and what they give to each other."}
	for _, s := range []string{
		"Product manager", "Designer", "Developer", "QA", "DevOps", "Customer support", "Sales and marketing",
		"Data engineer", "Data analyst", "Security", "Tech lead", "Leadership",
	} {
		m.Nodes = append(m.Nodes, diagram.Node{Label: s, Href: "roles/" + s})
	}
	m.Arrows = []diagram.Arrow{
		{0, 1, []string{"problem"}}, {1, 2, []string{"design", "assets"}}, {0, 2, []string{"slices", "examples"}}, {2, 3, []string{"change"}},
		{3, 2, []string{"findings", "failing examples"}}, {3, 4, []string{"release candidate"}}, {2, 4, []string{"runbook", "dashboard", "flags", "migrations"}},
		{4, 2, []string{"alerts", "actions"}}, {5, 0, []string{"complaints", "questions", "requests"}}, {5, 2, []string{"bug reports"}},
		{6, 0, []string{"requests", "losses"}}, {0, 6, []string{"release notes"}}, {0, 5, []string{"release notes", "answers"}}, {11, 0, []string{"goals"}},
		{0, 11, []string{"roadmap"}}, {7, 8, []string{"tables", "contracts"}}, {8, 0, []string{"findings"}}, {2, 7, []string{"events"}},
		{9, 2, []string{"findings"}}, {9, 4, []string{"policies"}}, {10, 2, []string{"decisions"}}, {10, 11, []string{"risks"}},
		{8, 11, []string{"reports"}}, {4, 9, []string{"logs"}}, {6, 5, []string{"customers"}},
	}
	return m
}
