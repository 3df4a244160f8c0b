/** A broker, workers as processes beside it, and what talks to them. */
@NullMarked
package dev.limner.cli.fleet;

import org.jspecify.annotations.NullMarked;
