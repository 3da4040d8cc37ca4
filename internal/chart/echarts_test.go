package chart_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rutter-dev/rutter/internal/chart"
	"github.com/rutter-dev/rutter/internal/dora"
)

// forbidden are keys of ECharts that run code, open addresses or take HTML.
var forbidden = []string{"formatter", "valueFormatter", "labelFormatter", "renderItem", "link", "sublink", "target", "extraCssText", "optionToContent", "contentToOption", "onclick", "src", "image", "appendTo", "className"}

// options parses the options of a figure and checks what holds for all.
func options(t *testing.T, fig *chart.Figure) map[string]any {
	t.Helper()
	out := fig.ECharts()
	if i := bytes.IndexAny(out, "<>&\u2028\u2029"); i >= 0 {
		t.Errorf("the options hold %q unescaped: …%s", out[i], out[max(0, i-40):min(len(out), i+40)])
	}
	var tree map[string]any
	if err := json.Unmarshal(out, &tree); err != nil {
		t.Fatalf("options are no JSON: %v\n%s", err, out)
	}
	walk(t, "", tree)
	return tree
}

func walk(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			if slices.Contains(forbidden, key) {
				t.Errorf("%s/%s: a key that may run or load something", path, key)
			}
			if s, ok := child.(string); ok && key != "title" && key != "head" && key != "foot" && strings.HasPrefix(s, "function") {
				t.Errorf("%s/%s is code: %s", path, key, s)
			}
			walk(t, path+"/"+key, child)
		}
	case []any:
		for _, child := range v {
			walk(t, path, child)
		}
	}
}

func TestECharts(t *testing.T) {
	t.Parallel()
	figures(t, func(t *testing.T, name string, sample bool, periods int, fig *chart.Figure) {
		if fig.Empty != "" {
			if out := fig.ECharts(); out != nil {
				t.Errorf("nothing to draw, and options: %s", out)
			}
			return
		}
		tree := options(t, fig)
		if !bytes.Equal(fig.ECharts(), fig.ECharts()) {
			t.Error("written twice, two results")
		}
		if tree["useUTC"] != true {
			t.Error("useUTC is not set: dates would shift with the reader's zone")
		}
		if mode := tree["tooltip"].(map[string]any)["renderMode"]; mode != "richText" {
			t.Errorf("tooltips are rendered as %v, want richText, which is no HTML", mode)
		}
		meta := tree["meta"].(map[string]any)
		n := len(meta["periods"].([]any))
		if n != min(periods, 400) {
			t.Errorf("%d periods, want %d", n, min(periods, 400))
		}
		for _, s := range tree["series"].([]any) {
			if got := len(s.(map[string]any)["data"].([]any)); got != n {
				t.Errorf("series of %d values for %d periods", got, n)
			}
		}
	})
}

// The difference between nothing and unknown survives in both renderings.
func TestMetrics_F2_ZeroIsNotUnknown(t *testing.T) {
	t.Parallel()
	periods := weeks(3, busy())
	periods[0] = outside(periods[0].From, periods[0].To)
	periods[1] = period(periods[1].From, periods[1].To, 0, 0, 0)
	fig := chart.DeploymentFrequency(service(periods), chart.Options{ID: "x"})

	data := options(t, fig)["series"].([]any)[0].(map[string]any)["data"].([]any)
	if v, there := data[0].(map[string]any)["value"]; v != nil || !there {
		t.Errorf("unknown week: value %v, want null", v)
	}
	if v := data[1].(map[string]any)["value"]; v != 0.0 {
		t.Errorf("empty week: value %v, want 0", v)
	}
	if data[0].(map[string]any)["partial"] != true {
		t.Error("a week that is not covered is not marked")
	}
	if got, want := fig.Table.Rows[0][1], "—"; got != want {
		t.Errorf("unknown week in the table: %q, want %q", got, want)
	}
	if got, want := fig.Table.Rows[1][1], "0"; got != want {
		t.Errorf("empty week in the table: %q, want %q", got, want)
	}
	svg := string(fig.SVG())
	for _, want := range []string{"2–8 Nov 2026: outside the data", "9–15 Nov 2026: 0 deployments"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the SVG does not say %q", want)
		}
	}
}

func TestMetrics_L7_ZeroLeadTimeIsDrawn(t *testing.T) {
	t.Parallel()
	periods := weeks(2, busy())
	periods[0].LeadTime = dora.LeadTime{N: 9, P50: num(0), P75: num(0), P90: num(30)}
	fig := chart.LeadTime(service(periods), chart.Options{ID: "x"})
	tree := options(t, fig)
	if v := tree["series"].([]any)[0].(map[string]any)["data"].([]any)[0].(map[string]any)["value"]; v != 60.0 {
		t.Errorf("a lead time of 0 stands at %v s of a logarithmic axis, want its foot of 60 s", v)
	}
	if got := fig.Table.Rows[0][2]; got != "0 s" {
		t.Errorf("in the table it is %q, want 0 s", got)
	}
}

// Where everything took seconds, the explorer has the one line that the drawing has.
func TestMetrics_L7_AllUnderAMinuteIsOneLine(t *testing.T) {
	t.Parallel()
	periods := weeks(3, busy())
	for i := range periods {
		tookAll(&periods[i], 0, 40)
	}
	fig := chart.LeadTime(service(periods), chart.Options{ID: "x"})
	tree := options(t, fig)
	for _, s := range tree["series"].([]any) {
		for i, item := range s.(map[string]any)["data"].([]any) {
			if v := item.(map[string]any)["value"]; v != 60.0 {
				t.Errorf("week %d stands at %v s, want all at the one mark of 60 s", i, v)
			}
		}
	}
	if got, want := fmt.Sprint(tree["meta"].(map[string]any)["labels"]), "[map[at:60 text:< 1 min]]"; got != want {
		t.Errorf("labels of the axis: %s, want %s", got, want)
	}
	if svg := string(fig.SVG()); strings.Contains(svg, "log scale") || strings.Count(svg, "&lt; 1 min") != 2 {
		t.Error("the drawing has a logarithmic axis, or does not say < 1 min in both layouts")
	}
}
