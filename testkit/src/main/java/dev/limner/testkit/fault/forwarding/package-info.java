/** What the faults and the seeded bugs put in front of the worker's own: everything is passed on. */
@NullMarked
package dev.limner.testkit.fault.forwarding;

import org.jspecify.annotations.NullMarked;
