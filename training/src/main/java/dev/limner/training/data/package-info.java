/** Captioned images: import, WebDataset shards, the data set in memory. */
@NullMarked
package dev.limner.training.data;

import org.jspecify.annotations.NullMarked;
