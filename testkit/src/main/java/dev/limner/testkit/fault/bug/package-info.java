/** Mistakes that a worker can be told to make, to see whether the checker notices. One a file. */
@NullMarked
package dev.limner.testkit.fault.bug;

import org.jspecify.annotations.NullMarked;
