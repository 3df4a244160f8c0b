/** Where faults can be put into a trainer. It has none of its own. */
@NullMarked
package dev.limner.trainer.fault;

import org.jspecify.annotations.NullMarked;
