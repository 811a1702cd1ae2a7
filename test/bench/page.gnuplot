# What test/bench/page has made of the figures: rows, of count lines, to page.
set terminal svg size 900, 60 + 18 * count font "sans-serif,11" background "white"
set output page
set datafile separator "\t"
set title "Figures as shares of their targets: beyond 1 is a miss"
set xrange [0:2.05]
set yrange [count:-1]
set ytics noenhanced
set grid xtics
set lmargin 52
unset key
set arrow from 1, graph 0 to 1, graph 1 nohead lw 2 lc rgb "black" front
plot rows using ($2 / 2):0:($2 / 2):(0.35):3:ytic(1) \
	with boxxyerror fill solid lc rgb variable
