// SPDX-License-Identifier: MIT
// Porcupine on the files of afield-check: register, queue and stack, without pending operations.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

type input struct {
	verb   string
	first  string
	second string
}

// The value, where "nil" is the register before the first write.
var register = porcupine.Model{
	Init: func() interface{} { return "0" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		held, op, result := state.(string), in.(input), out.(string)
		switch op.verb {
		case "read":
			return result == held, held
		case "write":
			return true, op.first
		}
		if held == op.first {
			return result == "ok", op.second
		}
		return result == "fail", held
	},
}

// The values as one string: comparable, so that the cache works without a comparison of its own.
func row(last bool) porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return "" },
		Step: func(state, in, out interface{}) (bool, interface{}) {
			held, op, result := state.(string), in.(input), out.(string)
			if op.verb == "add" {
				return true, held + op.first + ","
			}
			if held == "" {
				return result == "empty", held
			}
			if last {
				return strings.HasSuffix(","+held, ","+result+","),
					strings.TrimSuffix(held, result+",")
			}
			return strings.HasPrefix(held, result+","), strings.TrimPrefix(held, result+",")
		},
	}
}

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	models := map[string]porcupine.Model{"register": register, "queue": row(false), "stack": row(true)}
	var model porcupine.Model
	var operations []porcupine.Operation
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) > 2 && words[1] == "model" {
			model = models[words[2]]
		}
		if len(words) < 4 || words[0] == "#" {
			continue
		}
		client, _ := strconv.Atoi(words[0])
		call, _ := strconv.ParseInt(words[1], 10, 64)
		ret, _ := strconv.ParseInt(words[2], 10, 64)
		in := input{verb: words[3]}
		rest := words[4:]
		if len(rest) > 0 && rest[0] != ":" {
			in.first, rest = rest[0], rest[1:]
		}
		if len(rest) > 0 && rest[0] != ":" {
			in.second, rest = rest[0], rest[1:]
		}
		operations = append(operations, porcupine.Operation{ClientId: client, Input: in,
			Call: call, Output: rest[1], Return: ret})
	}
	start := time.Now()
	verdict := porcupine.CheckOperationsTimeout(model, operations, time.Minute)
	names := map[porcupine.CheckResult]string{porcupine.Ok: "LIN", porcupine.Illegal: "NONLIN",
		porcupine.Unknown: "UNKNOWN"}
	fmt.Printf("%s operations=%d ms=%.1f\n", names[verdict], len(operations),
		float64(time.Since(start).Microseconds())/1000)
}
