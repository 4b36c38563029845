#!/bin/sh
# SPDX-License-Identifier: MIT
# genmc.sh GENMC MODEL SOURCE PROGRAM FOLDER HEADERS: GenMC over that program of a litmus file, whose
# core is in FOLDER, under rc11 or imm; HEADERS are those of the kinds, as the build gathers them.
# Plain C11, loops unrolled four times. Without --disable-mm-detector it may take a stronger model;
# in-place revisiting leaves out executions of some of the programs.
genmc=$1 model=$2 source=$3 program=$4 folder=$5 headers=$6
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$genmc" "--$model" --disable-estimation --disable-mm-detector --disable-ipr --unroll=4 -- \
	-std=c11 -DAFIELD_MODEL "-DLITMUS=$program" "-I$root/include" "-I$folder" "-I$headers" \
	"$source"
