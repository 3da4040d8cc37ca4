package main

import "strings"

// kinds of changes: a label, and titles with a gap to be filled from a list.
var kinds = []struct {
	label    string
	patterns []string
	fill     []string
}{
	{"feature", []string{
		"Show % on the summary page", "Let customers change % before they pay", "Send % with the receipt", "Keep % when the page is reloaded",
		"Show % to people who use a screen reader", "Offer % in the app",
	}, []string{
		"the delivery date", "the tax of each item", "the billing address", "the gift message", "the voucher", "the pickup point",
		"the invoice number", "the loyalty points", "the chosen bank", "the customer's note", "the return window", "the delivery slot",
	}},
	{"feature", []string{"Accept %", "Offer % to returning customers", "Say when % cannot be used"}, []string{
		"direct debit", "gift cards", "payment on account", "payment in three parts", "a second card", "bank transfer", "a company card", "a prepaid card",
		"a foreign card", "store credit", "payment by invoice", "payment at the pickup point",
	}},
	{"bug", []string{"Fix rounding of %", "Do not lose % on a time-out", "Fix % for carts with more than 50 items", "Write % in the customer's language", "Correct % after a partial return"}, []string{
		"the discount", "the delivery fee", "the tax total", "the exchange rate", "the refund", "the order total", "the deposit", "the surcharge",
		"the loyalty discount", "the gift wrap fee", "the express fee", "the small order fee",
	}},
	{"bug", []string{"Retry % only when it is safe", "Stop waiting for % after two seconds", "Handle an empty answer from %", "Go on when % is down"}, []string{
		"the card check", "the address service", "the stock service", "the fraud check", "the price service", "the mail service", "the voucher service", "the tax service",
		"the delivery planner", "the loyalty service", "the bank list", "the image service",
	}},
	{"maintenance", []string{
		"Move % to its own package", "Add tests for %", "Remove the old path for %", "Log % with the order number", "Split % into smaller steps", "Give % its own settings", "Name the parts of % alike",
		"Make % easier to test", "Shorten the setup of %",
	}, []string{
		"price calculation", "address checks", "the payment steps", "session handling", "voucher rules", "the order mail",
		"currency handling", "stock reservation", "the refund job", "retry rules", "the cart's storage", "delivery options",
	}},
	{"maintenance", []string{"Measure how long % takes to load", "Cache % for five minutes", "Write down where % comes from", "Refresh % once a day"}, []string{
		"the tax table", "the list of countries", "the delivery matrix", "the list of banks", "the price lookup", "the set of feature switches",
		"the holiday calendar", "the postcode table", "the currency list", "the voucher index",
	}},
}

// libraries are what the bot updates.
var libraries = []string{"http-client", "json-schema", "date-tools", "money-format", "test-runner", "css-reset", "retry-helper", "log-writer", "base-image", "lint-rules"}

// title is what a change is called, and the label that goes with it.
type title struct{ text, label string }

// titles are all that the patterns give, in a fixed order.
func titles() []title {
	var all []title
	for _, k := range kinds {
		for _, p := range k.patterns {
			for _, f := range k.fill {
				all = append(all, title{strings.Replace(p, "%", f, 1), k.label})
			}
		}
	}
	return all
}
