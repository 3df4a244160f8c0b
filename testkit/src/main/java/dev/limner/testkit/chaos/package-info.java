/** Trying to break a fleet: faults on real processes while jobs are in flight, and a checker that believes nobody. */
@NullMarked
package dev.limner.testkit.chaos;

import org.jspecify.annotations.NullMarked;
