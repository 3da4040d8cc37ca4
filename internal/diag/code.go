package diag

// Code names a kind of finding, for ever: RT1xx front matter and pages, 2xx
// relations, 3xx coverage, 4xx links, 5xx metrics and GitHub, 6xx git,
// 7xx theme, 8xx configuration. DQxx are the data-quality codes of the metrics.
type Code string

// The codes that Rutter gives. Each has a row in Codes.
const (
	FrontMatterSyntax  Code = "RT101"
	FrontMatterKey     Code = "RT102"
	FrontMatterValue   Code = "RT103"
	FrontMatterTwice   Code = "RT104"
	FrontMatterOpen    Code = "RT105"
	FrontMatterMissing Code = "RT106"
	OutOfOrder         Code = "RT107"
	BadUTF8            Code = "RT111"
	NulByte            Code = "RT112"
	NotRegular         Code = "RT113"
	BadName            Code = "RT114"
	Unreadable         Code = "RT115"
	TooLarge           Code = "RT116"
	RemoteMedia        Code = "RT117"
	ActiveFile         Code = "RT118"
	DroppedMarkup      Code = "RT119"
	NoOwner            Code = "RT120"
	ForeignSyntax      Code = "RT125"

	ReviewDue   Code = "RT130"
	ReviewAhead Code = "RT131"

	UnknownRef      Code = "RT201"
	AmbiguousRef    Code = "RT202"
	TwoAccountable  Code = "RT203"
	NoAccountable   Code = "RT204"
	StepWithoutDoer Code = "RT205"
	ProcessCycle    Code = "RT206"
	AliasTaken      Code = "RT207"
	IDTaken         Code = "RT208"
	InputFromNobody Code = "RT210"

	RoleWithoutPart Code = "RT301"
	BookUnused      Code = "RT302"
	PrincipleUnused Code = "RT303"
	PlannedPage     Code = "RT304"
	ControlUnproved Code = "RT305"

	LinkBroken    Code = "RT401"
	AnchorBroken  Code = "RT402"
	LinkOutside   Code = "RT403"
	DuplicateURL  Code = "RT404"
	LinkScheme    Code = "RT405"
	IncludeBroken Code = "RT406"

	MetricBlock   Code = "RT530"
	MetricService Code = "RT531"
	MetricID      Code = "RT532"
	EventLine     Code = "RT533"
	EventFile     Code = "RT534"
	EventField    Code = "RT535"
	NotCollected  Code = "RT536"

	ShallowClone Code = "RT601"
	NotARepo     Code = "RT602"
	GitFailed    Code = "RT603"
	NoCommits    Code = "RT604"

	ThemeSyntax   Code = "RT701"
	ThemeRun      Code = "RT702"
	ThemeMissing  Code = "RT703"
	ThemeField    Code = "RT704"
	ThemeLimit    Code = "RT705"
	ThemePolicy   Code = "RT706"
	ThemeSettings Code = "RT707"

	ConfigSyntax  Code = "RT801"
	ConfigKey     Code = "RT802"
	ConfigValue   Code = "RT803"
	ConfigTwice   Code = "RT804"
	ConfigMissing Code = "RT805"
	BrandFile     Code = "RT806"
	BrandContrast Code = "RT807"

	UnresolvableSHA      Code = "DQ01"
	UnknownStatus        Code = "DQ02"
	NoBaseline           Code = "DQ03"
	NotInHistory         Code = "DQ04"
	ImplausibleDate      Code = "DQ05"
	EndBeforeStart       Code = "DQ06"
	CoverageGap          Code = "DQ07"
	TruncatedList        Code = "DQ08"
	UnattributedIncident Code = "DQ09"
	PartialRollout       Code = "DQ10"
	ProxySource          Code = "DQ11"
	DuplicateSource      Code = "DQ12"
	UnmappedEnv          Code = "DQ14"
	BotShare             Code = "DQ15"
	Unreviewed           Code = "DQ16"
	DirectCommits        Code = "DQ17"
	NoMatchingTag        Code = "DQ18"
	ApproximateTime      Code = "DQ19"
	UnmeasuredEvidence   Code = "DQ20"
	UnknownVerdict       Code = "DQ21"
	PathsMatchNothing    Code = "DQ22"
	OverBeforeItBegan    Code = "DQ23"
)

// Info describes a code in a few words, for lists of rules.
type Info struct {
	Code  Code
	Title string
}

// Codes lists every code, in order.
var Codes = []Info{
	{FrontMatterSyntax, "Front matter is not valid YAML"},
	{FrontMatterKey, "Unknown key in front matter"},
	{FrontMatterValue, "Wrong value in front matter"},
	{FrontMatterTwice, "Key given twice in front matter"},
	{FrontMatterOpen, "Front matter is not closed"},
	{FrontMatterMissing, "Required key is missing"},
	{OutOfOrder, "List that is not in order"},
	{BadUTF8, "File is not UTF-8"},
	{NulByte, "File contains a NUL byte"},
	{NotRegular, "Not a regular file"},
	{BadName, "File name that no web address can carry"},
	{Unreadable, "File cannot be read"},
	{TooLarge, "File or structure is over a limit"},
	{RemoteMedia, "Remote media is shown as a link"},
	{ActiveFile, "Active file is published as text"},
	{DroppedMarkup, "HTML outside the allow-list is left out"},
	{NoOwner, "No owner"},
	{ForeignSyntax, "Code of another tool is shown as text"},
	{ReviewDue, "Page is due for a review"},
	{ReviewAhead, "Review in the future"},
	{UnknownRef, "Name of a page that does not exist"},
	{AmbiguousRef, "Name that several pages have"},
	{TwoAccountable, "Several roles answer for one thing"},
	{NoAccountable, "No role answers for a process"},
	{StepWithoutDoer, "Step that nobody does"},
	{ProcessCycle, "Process that is a part of itself"},
	{AliasTaken, "Old name that is in use"},
	{IDTaken, "Name given twice on a page"},
	{InputFromNobody, "Input that no process makes"},
	{RoleWithoutPart, "Role that takes part in no process"},
	{BookUnused, "Book that is applied nowhere"},
	{PrincipleUnused, "Principle that is practised nowhere"},
	{PlannedPage, "Page that is mentioned and not written yet"},
	{ControlUnproved, "Control without evidence"},
	{LinkBroken, "Link leads nowhere"},
	{AnchorBroken, "No such heading"},
	{LinkOutside, "Link leads out of the site"},
	{DuplicateURL, "Two pages with one address"},
	{LinkScheme, "Kind of address that is not allowed"},
	{IncludeBroken, "Included file that cannot be taken in"},
	{MetricBlock, "Metric block that cannot be read"},
	{MetricService, "Unknown service"},
	{MetricID, "Unknown metric"},
	{EventLine, "Event line that cannot be read"},
	{EventFile, "Event file that cannot be read"},
	{EventField, "Unknown field in events"},
	{NotCollected, "Data that has not been collected"},
	{ShallowClone, "Clone without its history"},
	{NotARepo, "Not a git repository"},
	{GitFailed, "Git gave no answer"},
	{NoCommits, "No commit to read"},
	{ThemeSyntax, "Template that cannot be read"},
	{ThemeRun, "Template that failed on a page"},
	{ThemeMissing, "Theme or part of it is missing"},
	{ThemeField, "Template asks for what a view does not have"},
	{ThemeLimit, "Template that runs too long or writes too much"},
	{ThemePolicy, "Template holds what the content policy forbids"},
	{ThemeSettings, "Settings of a theme, or a theme for another version"},
	{ConfigSyntax, "site.yaml is not valid YAML"},
	{ConfigKey, "Unknown setting"},
	{ConfigValue, "Wrong value of a setting"},
	{ConfigTwice, "Setting given twice"},
	{ConfigMissing, "Setting is missing"},
	{BrandFile, "Logo, icon or font that cannot be used"},
	{BrandContrast, "Colour that cannot be read everywhere"},
	{UnresolvableSHA, "Deployed commit is not in the history"},
	{UnknownStatus, "Deployment without a final status"},
	{NoBaseline, "No earlier deployment to compare with"},
	{NotInHistory, "Merged change that is not in the history"},
	{ImplausibleDate, "Author date that cannot be right"},
	{EndBeforeStart, "Deployed before the change began"},
	{CoverageGap, "Gap in what was collected"},
	{TruncatedList, "List of changed files that is not complete"},
	{UnattributedIncident, "Incident that is linked to no deployment"},
	{PartialRollout, "Deployment that did not reach its whole group"},
	{ProxySource, "Merges stand in for deployments"},
	{DuplicateSource, "Deployments from a second source"},
	{UnmappedEnv, "Environment that is not counted"},
	{BotShare, "Many changes by bots"},
	{Unreviewed, "Changes without a review"},
	{DirectCommits, "Commits that belong to no pull request"},
	{NoMatchingTag, "No tag matches the pattern"},
	{ApproximateTime, "Deployment times are approximate"},
	{UnmeasuredEvidence, "Signs of failures that are not measured"},
	{UnknownVerdict, "Verdict on a deployment that nobody knows"},
	{PathsMatchNothing, "Paths of a service that match no changed file"},
	{OverBeforeItBegan, "Incident that was over before it began"},
}

// Forgiven reports whether a code is about age, coverage, git history or the
// freshness of data: strict runs leave its severity alone, since no change to
// the handbook brought it about.
func (c Code) Forgiven() bool {
	switch c {
	case EventField, ReviewDue, ReviewAhead:
		return true
	}
	return len(c) > 3 && (c[:3] == "RT3" || c[:3] == "RT6" || c[:2] == "DQ")
}
