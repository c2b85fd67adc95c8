#!/usr/bin/env perl
# Draws a picture as PPM: picture.pl harbour|page WIDTH HEIGHT SEED. Row by row in runs of one colour, so that 12 megapixels take a second.
use strict;
use warnings;

my ($kind, $w, $h, $seed) = @ARGV;
srand($seed);
binmode STDOUT;
print "P6\n$w $h\n255\n";

sub rgb { pack 'C3', map { $_ < 0 ? 0 : $_ > 255 ? 255 : int } @_ }
sub mix { my ($t, @c) = @_; rgb(map { $c[$_] * (1 - $t) + $c[$_ + 3] * $t } 0 .. 2) }

# Lays runs [from, to, colour] over a row.
sub row {
    my ($ground, @runs) = @_;
    my $row = $ground x $w;
    for my $run (@runs) {
        my ($from, $to, $colour) = @$run;
        $from = 0 if $from < 0;
        $to = $w if $to > $w;
        substr($row, 3 * $from, 3 * ($to - $from)) = $colour x ($to - $from) if $to > $from;
    }
    print $row;
}

# Evening over a town at the water, with its lights in it.
sub harbour {
    my @sky = ([20, 30, 80], [235, 150, 90], [60, 20, 90], [240, 120, 120], [10, 60, 90], [250, 210, 140])[map { $_ + 2 * ($seed % 3) } 0, 1];
    my $shore = int($h * 0.62);
    my ($sunX, $sunY, $r) = (int($w * (0.2 + rand 0.6)), int($h * 0.42), int($h * 0.12));
    my @houses;
    for (my $x = 0; $x < $w;) {
        my $width = int($w * (0.02 + rand 0.05)) + 8;
        push @houses, [$x, $x + $width, $shore - int($h * (0.05 + rand 0.3)), rgb(map { 25 + rand 45 } 1 .. 3), 1 + int rand 3];
        $x += $width;
    }
    my $window = int($w / 250) + 2;
    my $line = sub {
        my ($y, $shift) = @_;
        my @runs;
        my $half = $r**2 - ($y - $sunY)**2;
        push @runs, [$sunX - int(sqrt $half), $sunX + int(sqrt $half), rgb(255, 225, 150)] if $half > 0;
        for my $house (@houses) {
            my ($from, $to, $top, $wall, $lit) = @$house;
            next if $y < $top;
            push @runs, [$from + $shift, $to + $shift, $wall];
            next unless ($y - $top) % (3 * $window) > 2 * $window;
            for (my ($x, $n) = ($from + $window, int(($y - $top) / (3 * $window))); $x + $window < $to; $x += 2 * $window, $n += $lit) {
                push @runs, [$x + $shift, $x + $window + $shift, rgb(250, 210, 120)] if $n % 3;
            }
        }
        return @runs;
    };
    row(mix($_ / $shore, @{ $sky[0] }, @{ $sky[1] }), $line->($_, 0)) for 0 .. $shore - 1;
    for my $y ($shore .. $h - 1) {
        my $ripple = int(sin(($y - $shore)**0.7) * $w / 150);
        my $depth = ($y - $shore) / ($h - $shore);
        row(mix($depth, @{ $sky[1] }, 5, 20, 40), $y % 5 < 2 ? () : $line->($shore - int(($y - $shore) * 1.2), $ripple));
    }
}

# A printed page: a heading, two columns of words, a figure.
sub page {
    my $em = int($w / 90) + 2;
    my ($ink, $paper) = (rgb(45, 38, 32), rgb(243, 234, 214));
    my @words;
    for my $y (0 .. $h - 1) {
        my ($lineNo, $in) = (int($y / (2 * $em)), $y % (2 * $em));
        if ($in == 0) {
            @words = ();
            for my $column (0, 1) {
                my ($x, $end) = map { int($w * $_) } $column ? (0.53, 0.90) : (0.10, 0.47);
                next if $y < $h * 0.16 || $y > $h * 0.92 || ($column && $y > $h * 0.55 && $y < $h * 0.8);
                while ($x < $end) {
                    my $letters = 2 + int rand 8;
                    for (1 .. $letters) {
                        last if $x >= $end;
                        push @words, [$x, $x + int($em * 0.35), $ink, rand];
                        $x += int($em * 0.6) + 1;
                    }
                    $x += $em;
                }
            }
        }
        my @runs = map { [@$_[0 .. 2]] } grep { $in < $em && $in > $em * ($_->[3] < 0.3 ? 0 : 0.3) } @words;
        push @runs, [int($w * 0.25), int($w * 0.75), $ink] if $y > $h * 0.07 && $y < $h * 0.11 && $y % $em > $em / 3;
        if ($y > $h * 0.57 && $y < $h * 0.78) {
            my ($t, $x) = (($y / $h - 0.57) / 0.21, int($w * 0.53));
            push @runs, [$x, int($w * 0.9), mix($t, 200, 170, 120, 90, 60, 50)];
            push @runs, [$x + int($w * 0.18 * (1 - $t)), $x + int($w * (0.18 + 0.18 * $t)), mix($t, 250, 245, 230, 150, 90, 70)];
        }
        row($paper, @runs);
    }
}

$kind eq 'page' ? page() : harbour();
