package source

import (
	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// Schemas are the JSON Schemas of the front matter of each kind of page, and of
// the files beside service pages, made from the structs that read them. Keys
// that a plain page does not know are a warning, so its schema allows them.
func Schemas() map[string]map[string]any {
	list := map[string]map[string]any{
		string(handbook.Plain): strictyaml.Schema(common{}), string(handbook.Team): strictyaml.Schema(common{}), string(handbook.Overview): strictyaml.Schema(common{}),
		string(handbook.Role): strictyaml.Schema(rolePage{}), string(handbook.Process): strictyaml.Schema(processPage{}), string(handbook.Book): strictyaml.Schema(bookPage{}),
		string(handbook.Service): strictyaml.Schema(servicePage{}), string(handbook.MetricPage): strictyaml.Schema(metricPage{}), string(handbook.Decision): strictyaml.Schema(decisionPage{}),
		"failures": strictyaml.Schema(struct {
			Failures []verdict `yaml:"failures,required"`
		}{}),
		"annotations": strictyaml.Schema(struct {
			Annotations []annotation `yaml:"annotations,required"`
		}{}),
	}
	list[string(handbook.Plain)]["additionalProperties"] = true
	return list
}
