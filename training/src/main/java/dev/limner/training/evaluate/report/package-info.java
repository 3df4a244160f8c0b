/** Pages for people: one self-contained HTML file each, images and curves inside. */
@NullMarked
package dev.limner.training.evaluate.report;

import org.jspecify.annotations.NullMarked;
