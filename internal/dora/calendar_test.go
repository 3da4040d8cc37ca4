package dora

import (
	"testing"
	"time"
	_ "time/tzdata" // metrics/T1: zones must not depend on the machine
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instantOf(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestMetrics_T1_WeeksAcrossSummerTime(t *testing.T) {
	t.Parallel()
	c := calendar{zone(t, "Europe/Berlin")}
	tests := []struct {
		inside, name, from, to string
		hours                  float64
	}{
		{"2026-03-25T12:00:00Z", "2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z", 167},
		{"2026-10-21T12:00:00Z", "2026-W43", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", 169},
		{"2026-06-01T00:00:00Z", "2026-W23", "2026-05-31T22:00:00Z", "2026-06-07T22:00:00Z", 168},
		{"2027-01-02T00:00:00Z", "2026-W53", "2026-12-27T23:00:00Z", "2027-01-03T23:00:00Z", 168},
	}
	for _, test := range tests {
		at := instantOf(t, test.inside)
		got := c.slots(span{at, at.Add(time.Second)}, Week)
		if len(got) != 1 {
			t.Fatalf("slots at %s = %v, want one", test.inside, got)
		}
		s := got[0]
		if s.name != test.name || !s.from.Equal(instantOf(t, test.from)) || !s.to.Equal(instantOf(t, test.to)) || s.to.Sub(s.from).Hours() != test.hours {
			t.Errorf("week at %s = %s [%s, %s), want %s [%s, %s) of %v h", test.inside, s.name, s.from, s.to, test.name, test.from, test.to, test.hours)
		}
	}
}

func TestMetrics_T1_MonthsAreLocal(t *testing.T) {
	t.Parallel()
	c := calendar{zone(t, "Europe/Berlin")}
	got := c.slots(span{instantOf(t, "2026-02-28T23:30:00Z"), instantOf(t, "2026-04-30T22:00:00Z")}, Month)
	if len(got) != 2 || got[0].name != "2026-03" || got[1].name != "2026-04" {
		t.Fatalf("slots = %v, want 2026-03 and 2026-04: the range begins after midnight in Berlin", got)
	}
	if days := c.days(got[0].span); days != 31 {
		t.Errorf("days of March with summer time = %d, want 31", days)
	}
}

func TestMetrics_T1_DaysThatBeginOddly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, zone       string
		year, month, day int
		want             string
	}{
		{"midnight does not exist", "America/Sao_Paulo", 2018, 11, 4, "2018-11-04T03:00:00Z"},
		{"midnight comes twice", "America/Havana", 2024, 11, 3, "2024-11-03T04:00:00Z"},
		{"midnight comes twice, in the east", "Asia/Amman", 2021, 10, 29, "2021-10-28T21:00:00Z"},
		{"the day does not exist", "Pacific/Apia", 2011, 12, 30, "2011-12-30T10:00:00Z"},
		{"west of Greenwich", "America/New_York", 2026, 7, 1, "2026-07-01T04:00:00Z"},
	}
	for _, test := range tests {
		c := calendar{zone(t, test.zone)}
		if got := c.dayStart(test.year, time.Month(test.month), test.day); !got.Equal(instantOf(t, test.want)) {
			t.Errorf("%s: dayStart(%d-%d-%d, %s) = %s, want %s", test.name, test.year, test.month, test.day, test.zone, got.Format(time.RFC3339), test.want)
		}
	}
}

func TestMetrics_T1_WeeksJoinWithoutGap(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe"} {
		c := calendar{zone(t, name)}
		got := c.slots(span{instantOf(t, "2011-01-01T00:00:00Z"), instantOf(t, "2013-01-01T00:00:00Z")}, Week)
		for i := 1; i < len(got); i++ {
			if !got[i].from.Equal(got[i-1].to) || !got[i].from.Before(got[i].to) || got[i].name == got[i-1].name {
				t.Errorf("%s: %v follows %v", name, got[i], got[i-1])
			}
		}
	}
}
