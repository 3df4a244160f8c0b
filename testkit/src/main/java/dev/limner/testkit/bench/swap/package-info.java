/** Releases swapped into a fleet at full load: what it costs, and that nothing is lost. */
@NullMarked
package dev.limner.testkit.bench.swap;

import org.jspecify.annotations.NullMarked;
