/** Captioned pictures: import, WebDataset shards, the data set in memory. */
@NullMarked
package dev.limner.trainer.data;

import org.jspecify.annotations.NullMarked;
