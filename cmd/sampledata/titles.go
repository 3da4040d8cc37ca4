package main

import "strings"

// kind is a kind of changes: a label, and titles with a gap to be filled from a
// list.
type kind struct {
	label    string
	patterns []string
	fill     []string
}

var checkoutWork = []kind{
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

var searchWork = []kind{
	{"feature", []string{"Find % by their old names", "Show % beside the results", "Let customers leave out %"}, []string{
		"brands", "sizes", "colours", "spare parts", "gift cards", "sets", "used goods",
	}},
	{"bug", []string{"Do not lose % when the index is built anew", "Count % once", "Show % in the customer's language", "Read % from the newest list"}, []string{
		"prices", "synonyms", "stock levels", "ratings", "categories", "stop words", "translations",
	}},
	{"maintenance", []string{"Build % in the background", "Measure how long % takes", "Test % with a small index", "Log % without the words searched for", "Give % its own settings"}, []string{
		"the word index", "the ranking", "spelling correction", "the suggestion list", "the nightly import", "the result cache", "the filter lists",
	}},
}

var notifyWork = []kind{
	{"feature", []string{"Tell customers about %", "Let customers turn off messages about %"}, []string{
		"delays", "price changes", "returns", "new delivery times", "refunds", "pickup points", "back orders",
	}},
	{"bug", []string{"Send % in the customer's language", "Do not send % at night", "Keep the links in % whole"}, []string{
		"reminders", "receipts", "delivery notes", "invoices", "surveys", "warnings", "greetings",
	}},
	{"maintenance", []string{"Keep % for thirty days", "Move % to its own queue", "Add tests for %"}, []string{
		"the mail log", "the list of templates", "the address book", "the bounce list", "the retry job", "the schedule",
	}},
}

// What the bots update.
var (
	checkoutLibraries = []string{"http-client", "json-schema", "date-tools", "money-format", "test-runner", "css-reset", "retry-helper", "log-writer", "base-image", "lint-rules"}
	searchLibraries   = []string{"index-reader", "word-stems", "http-client", "base-image"}
	notifyLibraries   = []string{"mail-client", "queue-client", "templates", "base-image"}
)

// title is what a change is called, and the label that goes with it.
type title struct{ text, label string }

// titles are all that the patterns give, in a fixed order.
func titles(kinds []kind) []title {
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
