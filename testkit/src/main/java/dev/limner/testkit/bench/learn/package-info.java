/** Whether the fleet learns: simulated raters with a preference that nobody tells the trainer. */
@NullMarked
package dev.limner.testkit.bench.learn;

import org.jspecify.annotations.NullMarked;
