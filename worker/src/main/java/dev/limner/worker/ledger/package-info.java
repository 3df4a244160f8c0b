/** What is done in each partition, and how far its offset may move. */
@NullMarked
package dev.limner.worker.ledger;

import org.jspecify.annotations.NullMarked;
