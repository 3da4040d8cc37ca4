package strictyaml_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// A schema says what Decode checks, in the words of JSON Schema.
func TestSchema(t *testing.T) {
	t.Parallel()
	type inner struct {
		Pos diag.Pos `yaml:",pos"`
		Day string   `yaml:"day,required" max:"10"`
	}
	type outer struct {
		Level  string           `yaml:"level" enum:"low,high"`
		Count  int              `yaml:"count" min:"1" max:"9"`
		On     *bool            `yaml:"on"`
		Names  []string         `yaml:"name|names,single" like:"[a, b]"`
		Wait   time.Duration    `yaml:"wait"`
		Since  time.Time        `yaml:"since"`
		Last   handbook.Last    `yaml:"last"`
		Place  handbook.Located `yaml:"place,required"`
		Inside []inner          `yaml:"inside"`
	}
	got, err := json.Marshal(strictyaml.Schema(nil, outer{}))
	if err != nil {
		t.Fatal(err)
	}
	const null = `,{"type":"null"}]}`
	const text = `{"type":["string","number","boolean"]}`
	want := `{"$schema":"http://json-schema.org/draft-07/schema#","additionalProperties":false,"properties":{` +
		`"count":{"anyOf":[{"maximum":9,"minimum":1,"type":"integer"}` + null +
		`,"inside":{"anyOf":[{"items":{"additionalProperties":false,"properties":{"day":{"maxLength":10,"type":["string","number","boolean"]}},"required":["day"],"type":"object"},"type":"array"}` + null +
		`,"last":{"anyOf":[{"pattern":"^[1-9][0-9]{0,3}([dwy]|mo?)$","type":"string"}` + null +
		`,"level":{"anyOf":[{"enum":["low","high"],"type":["string","number","boolean"]}` + null +
		`,"name":{"anyOf":[{"anyOf":[` + text + `,{"items":` + text + `,"type":"array"}],"description":"such as [a, b]"}` + null +
		`,"names":{"anyOf":[{"anyOf":[` + text + `,{"items":` + text + `,"type":"array"}],"description":"such as [a, b]"}` + null +
		`,"on":{"anyOf":[{"type":"boolean"}` + null +
		`,"place":` + text +
		`,"since":{"anyOf":[{"pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$","type":"string"}` + null +
		`,"wait":{"anyOf":[{"pattern":"^([0-9]+(ms|s|m|h))+$|^[0-9]+d$","type":"string"}` + null +
		`},"required":["place"],"type":"object"}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Every key of a schema is one that Decode knows.
func TestSchemaNamesTheKeysOfDecode(t *testing.T) {
	t.Parallel()
	type page struct {
		Title string   `yaml:"title"`
		Tags  []string `yaml:"tag|tags,single"`
	}
	for key := range strictyaml.Schema(nil, page{})["properties"].(map[string]any) {
		var found diag.List
		var v page
		if !strictyaml.Decode([]byte(key+": x\n"), diag.Pos{Path: "p", Line: 1, Column: 1}, &v, strictyaml.One(diag.FrontMatterKey), &found) {
			t.Errorf("%s: Decode does not take it", key)
		}
	}
}
