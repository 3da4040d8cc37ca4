package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rutter-dev/rutter/internal/config"
	"github.com/rutter-dev/rutter/internal/source"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema TYPE",
		Short: "Print the JSON Schema of site.yaml or of a page's front matter",
		Long: `Schema prints the JSON Schema of what rutter reads, made from the code that
reads it: editors then complete keys and mark mistakes while one types. Without
a type it lists them. In VS Code, save it and write into the file

  # yaml-language-server: $schema=site.schema.json

Exit codes: 0 fine; 2 there is no such type.`,
		Example: `  rutter schema site > site.schema.json
  rutter schema service`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("schema takes one type, not %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			schemas := source.Schemas()
			schemas["site"] = config.Schema()
			names := slices.Sorted(maps.Keys(schemas))
			if len(args) == 0 {
				fmt.Fprintln(c.OutOrStdout(), strings.Join(names, "\n"))
				return nil
			}
			s, ok := schemas[args[0]]
			if !ok {
				return usage("there is no type %q; known: %s", args[0], strings.Join(names, ", "))
			}
			s["title"] = "rutter: " + args[0]
			e := json.NewEncoder(c.OutOrStdout())
			e.SetIndent("", "  ")
			e.SetEscapeHTML(false)
			return e.Encode(s)
		},
	}
}
