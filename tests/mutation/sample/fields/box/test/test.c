/* SPDX-License-Identifier: MIT */
#include "box.h"

BOX(pair);

int main(void)
{
	struct box box = {{0}, 0}, full = {{0}, 0};

	if (!pair_put2(&box, 3) || box.count != 2 || box.numbers[0] != 3 || box.numbers[1] != 3)
		return 1;
	if (box_below(&box, 5) != 1 || box_below(&box, 100) != 2 || box_below(&box, 1) != 0)
		return 2;
	if (!pair_put2(&box, 7) || box.count != 4 || pair_put2(&box, 8))
		return 6;
	for (int i = 0; i < 3; i++)
		if (!box_put(&full, i) || full.numbers[i] != i)
			return 3;
	if (pair_put2(&full, 9) || full.count != 3)
		return 4;
	return box_put(&full, 3) && !box_put(&full, 4) && full.count == 4 ? 0 : 5;
}
