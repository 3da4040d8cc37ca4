package github

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/dora"
)

func TestMetrics_X1_WhatPullRequestsRevert(t *testing.T) {
	t.Parallel()
	whole := "0123456789abcdef0123456789abcdef01234567"
	r := Repository{Name: "acme/pay", Asked: "acme/payments"}
	for _, c := range []struct {
		head, body string
		want       []string
	}{
		{"", "", nil},
		{"revert-12-fix", "", []string{"12"}},
		{"dev-1:revert-12-fix", "", []string{"12"}},
		{"revert-fix", "", nil},
		{"revert-12-fix", "Reverts acme/pay#12", []string{"12"}},
		{"x", "Reverts acme/pay#12", []string{"12"}},
		{"x", "Reverts Acme/Payments#12", []string{"12"}},
		{"revert-12-fix", "Reverts acme/older#12", []string{"12"}},
		{"x", "Reverts acme/web#12", []string{"acme/web#12"}},
		{"x", "reverts #7\r\nand\nReverts #9", []string{"7", "9"}},
		{"x", "It broke.\n\nThis reverts commit " + whole + ".", []string{whole}},
		{"x", "This reverts commit 0123456.", nil},
		{"x", "Nobody reverts #7 here", nil},
	} {
		if got := reverts(r, c.head, c.body); !slices.Equal(got, c.want) {
			t.Errorf("head %q, text %q: got %q, want %q", c.head, c.body, got, c.want)
		}
	}
}

func TestMetrics_X7_WhatPullRequestsClose(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		"":                             nil,
		"Closes #12":                   {"acme/pay#12"},
		"fix: #3, Resolved acme/ops#4": {"acme/ops#4", "acme/pay#3"},
		"fixes https://github.com/acme/ops/issues/8": {"acme/ops#8"},
		"prefixes #12":    nil,
		"closed the door": nil,
		"see #12":         nil,
	} {
		if got := closes("acme/pay", body); !slices.Equal(got, want) {
			t.Errorf("text %q: got %q, want %q", body, got, want)
		}
	}
}

func TestMetrics_X1_WhatIssuesSayTheyWereCausedBy(t *testing.T) {
	t.Parallel()
	whole := "0123456789abcdef0123456789abcdef01234567"
	for body, want := range map[string]string{
		"":                                   "",
		"Caused by #123.":                    "#123",
		"It was caused by: acme/web#5 alone": "acme/web#5",
		"caused by " + whole + "!":           whole,
		"Caused by deployment 4711.":         "4711",
		"Caused by deployment https://ci.example.org/d/9.": "https://ci.example.org/d/9",
		"Caused by #1\nCaused by #2":                       "#1",
		"Caused by a storm":                                "",
		"Caused by 0123456":                                "",
	} {
		if got := cause(body); got != want {
			t.Errorf("text %q: got %q, want %q", body, got, want)
		}
	}
}

// TestRel_A14_Moments reads times as servers send them.
func TestRel_A14_Moments(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for text, fine := range map[string]bool{
		`null`: true, `"2026-03-01T09:30:00Z"`: true, `"2026-03-01T09:30:00.123+02:00"`: true, `"2026-11-22T20:00:00Z"`: true,
		`"0000-01-01T00:00:00Z"`: false, `"9999-12-31T23:59:59Z"`: false, `"1969-12-31T23:59:59Z"`: false, `"2026-11-24T00:00:00Z"`: false,
		`"yesterday"`: false, `""`: false, `1700000000`: false, `{}`: false,
	} {
		var m moment
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Errorf("%s: %v; want no error for the page", text, err)
		}
		if err := possible(now, m); (err == nil) != fine {
			t.Errorf("%s: %v; want it to pass: %v", text, err, fine)
		}
		if m.Location() != time.UTC || m.Nanosecond() != 0 {
			t.Errorf("%s: %v is not in whole seconds of UTC", text, m)
		}
	}
}

func TestMetrics_D2_HowDeploymentsEnd(t *testing.T) {
	t.Parallel()
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	for _, c := range []struct {
		name     string
		statuses []dora.Status // a second apart
		want     dora.Status
		ended    int64 // 0: not
	}{
		{"none", nil, dora.Pending, 0},
		{"in progress", []dora.Status{dora.Pending}, dora.Pending, 0},
		{"success", []dora.Status{dora.Pending, dora.Success}, dora.Success, 2},
		{"success, then inactive", []dora.Status{dora.Success, dora.Inactive}, dora.Success, 1},
		{"success twice", []dora.Status{dora.Success, dora.Success}, dora.Success, 1},
		{"failure, then success", []dora.Status{dora.Failure, dora.Success}, dora.Success, 2},
		{"success, then failure", []dora.Status{dora.Success, dora.Failure}, dora.Success, 1},
		{"failure", []dora.Status{dora.Pending, dora.Failure}, dora.Failure, 2},
		{"error twice", []dora.Status{dora.Failure, dora.Errored}, dora.Errored, 2},
		{"failure, then inactive", []dora.Status{dora.Failure, dora.Inactive}, dora.Failure, 1},
		{"failure, then tried again", []dora.Status{dora.Failure, dora.Pending}, dora.Pending, 0},
		{"only inactive", []dora.Status{dora.Inactive}, dora.Inactive, 0},
		{"pending, then inactive", []dora.Status{dora.Pending, dora.Inactive}, dora.Inactive, 0},
	} {
		var list []dora.StatusAt
		for i, s := range c.statuses {
			list = append(list, dora.StatusAt{Status: s, At: at(int64(i + 1))})
		}
		slices.Reverse(list) // as REST lists them
		chronological(list)
		got, ended := outcome(list)
		if want := seconds(c.ended); got != c.want || !ended.Equal(want) {
			t.Errorf("%s: got %s at %v, want %s at %v", c.name, got, ended, c.want, want)
		}
	}
}

func TestIDsOfDeployments(t *testing.T) {
	t.Parallel()
	node := func(data ...byte) string { return "DE_" + base64.RawURLEncoding.EncodeToString(data) }
	for id, want := range map[string]int64{
		node(0x93, 0, 0xce, 0, 0, 0, 7, 0xce, 0x8b, 0xad, 0xf0, 0x0d):                2343432205,
		node(0x93, 0, 0xce, 0, 0, 0, 7, 0xcf, 0, 0, 0, 1, 0, 0, 0, 2):                1<<32 + 2,
		node(0x93, 0, 0xce, 0, 0, 0, 7, 0xce, 0x8b, 0xad, 0xf0, 0x0d, 1):             0,
		node(0x93, 0, 0xce, 0, 0, 0, 7):                                              0,
		node(0x93, 0, 0xce, 0, 0, 0, 7, 0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0): 0,
		"MDEwOkRlcGxveW1lbnQxMjM=":                                                   0,
		"DE_!":                                                                       0,
		"":                                                                           0,
	} {
		if got := idOfNode(id); got != want {
			t.Errorf("%q: got %d, want %d", id, got, want)
		}
	}
}
