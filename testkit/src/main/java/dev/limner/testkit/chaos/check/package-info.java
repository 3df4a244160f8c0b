/** The independent checker: what the brokers and the store say, read with code that the worker has no part in. */
@NullMarked
package dev.limner.testkit.chaos.check;

import org.jspecify.annotations.NullMarked;
