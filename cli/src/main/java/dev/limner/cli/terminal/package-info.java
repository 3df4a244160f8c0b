/** What every command needs of a terminal: progress, logs out of the way, a user's mistakes. */
@NullMarked
package dev.limner.cli.terminal;

import org.jspecify.annotations.NullMarked;
