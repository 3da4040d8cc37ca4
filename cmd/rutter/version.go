package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// released is the version, set when a release is linked.
var released string

// version is that of a release, else of the module, else "dev".
func version() string {
	if released != "" {
		return released
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), "rutter", version())
			return err
		},
	}
}
