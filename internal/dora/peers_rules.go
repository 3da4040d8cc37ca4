package dora

// peerRules are the tools, with the differences that readers meet first.
var peerRules = map[Peer]peerRule{
	DevLake: {
		read: newDevLake, unit: DaysPerWeek,
		frequency: []Because{
			{"metrics/F1", "the lower median of the days with a deployment in a week, weeks that the range cuts off included; we take whole weeks"},
			{"metrics/D8", "the same commit again counts"},
			{"metrics/D2", "the last status decides, and inactive alone is success; we take any success"},
		},
		leadTime: []Because{
			{"metrics/C1", "pull requests alone; bots and promotions count, commits without a pull request do not"},
			{"metrics/C2", "what is new since the deployment before, of each deployment by the time it began; we go by everything delivered before"},
			{"metrics/L1", "coding, open and deploy times are rounded up to minutes and added; a part below zero is left out"},
			{"metrics/S1", "the lower median: 2 of 1, 2, 3, 4"},
			{"metrics/F2", "a week or month without a delivery is shown as 0"},
		},
		failRate: []Because{
			{"metrics/X2", "an incident falls on the latest deployment before it, however long ago; what it names as its cause is not read"},
			{"metrics/X1", "rollbacks, reverts and hotfixes are no sign of failure"},
			{"metrics/X6", "duplicates and false alarms count as incidents"},
		},
		recovery: []Because{
			{"metrics/X5", "from the deployment to the end of each incident, in whole minutes; we take each deployment once, and a repair ends it too"},
			{"metrics/X6", "what is not resolved is left out"},
			{"metrics/F2", "a week or month without a failure is shown as 0"},
		},
	},
	FourKeys: {
		read: newFourKeys, unit: DaysPerWeek,
		frequency: []Because{
			{"metrics/F1", "the median of the days with a deployment in a week, weeks that the range cuts off included; its own weeks begin on Sunday, these are ours"},
			{"metrics/D2", "each status success is a deployment"},
			{"metrics/D8", "the same commit again counts"},
		},
		leadTime: []Because{
			{"metrics/C2", "the commits of the push whose head was deployed; what was pushed before it since the last deployment has no lead time"},
			{"metrics/C1", "each commit counts, from its committer date: a squashed pull request is one commit, made at its merge"},
			{"metrics/D8", "the same push counts again when its head is deployed again, as in a rollback"},
			{"metrics/L7", "whole minutes; what comes to none is left out as automated"},
			{"metrics/S4", "0 where there is nothing"},
		},
		failRate: []Because{
			{"metrics/X3", "incidents by deployments: two incidents of one deployment count twice, and so does one of a commit that was deployed twice; it can be more than 1"},
			{"metrics/X2", "an incident counts only if its text names the commit that caused it"},
			{"metrics/S4", "0 where there is nothing"},
		},
		recovery: []Because{
			{"metrics/X5", "of all incidents that began in the period, from the deployment of the commit named as cause or else from the opening, in whole hours; recovery_time.incidents of our report is closest"},
			{"metrics/X6", "what is not resolved is left out"},
		},
	},
	GitLab: {
		read: newGitLab, unit: PerDay,
		frequency: []Because{
			{"metrics/F1", "deployments by calendar days; ours is the weekly rate of whole weeks by 7"},
			{"metrics/D8", "the same commit again counts"},
			{"metrics/D5", "each environment counts by itself"},
		},
		leadTime: []Because{
			{"metrics/L1", "from the merge, not from the first commit: lead_time.views.merge_to_deploy of our report is closest"},
			{"metrics/S2", "the median of the medians of days, so a day with one change weighs as much as one with many"},
			{"metrics/C7", "the first deployment takes all that was merged to its branch before"},
			{"metrics/C1", "merge requests alone; bots count"},
		},
		failRate: []Because{
			{"metrics/X3", "incidents opened by deployments done, whatever caused them; it can be more than 1, and without a deployment it divides by 1"},
			{"metrics/X4", "an incident counts when it is opened, not in the period of the deployment"},
		},
		recovery: []Because{
			{"metrics/X5", "from opening to closing an incident, the median of the medians of days; recovery_time.incidents of our report is closest"},
			{"metrics/X6", "open incidents are left out; an incident counts on the day it is closed"},
		},
	},
	Middleware: {
		read: newMiddleware, unit: PerWeek,
		frequency: []Because{
			{"metrics/F1", "an average in whole numbers, rounded down, over weeks that the range cuts off too, or seven times that of a day if more"},
			{"metrics/D3", "a run counts when it starts, and once however often it is tried again"},
			{"metrics/D8", "the same commit again counts"},
		},
		leadTime: []Because{
			{"metrics/L5", "the mean, in the period of the merge; we take the median, in the period of the delivery"},
			{"metrics/C2", "a pull request is delivered by the first run on its branch that starts after its merge, whatever commit that carries"},
			{"metrics/L3", "without a review the time from opening to merge is left out; a review is taken for an approval here, since the events do not say"},
			{"metrics/L1", "commits count from their committer date, which a rebase renews"},
			{"metrics/S4", "0 where there is nothing"},
		},
		failRate: []Because{
			{"metrics/D9", "runs that failed count as deployments, and incidents after them fall on them"},
			{"metrics/X2", "an incident falls on the latest run that started before it, however long ago, if both lie in the range"},
			{"metrics/S4", "0 where there is nothing"},
		},
		recovery: []Because{
			{"metrics/X5", "the mean from opening to resolving, of all incidents resolved in the period; recovery_time.incidents of our report is closest, and a median"},
			{"metrics/X6", "open incidents are left out"},
		},
	},
}
