/** What an operator asks of a fleet and its store: what became of a job, send it again, clear up. */
@NullMarked
package dev.limner.cli.operate;

import org.jspecify.annotations.NullMarked;
