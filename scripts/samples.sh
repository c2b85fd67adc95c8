# Six real JPEG 2000 files to try with, drawn here: sourced by ./run.
# shellcheck shell=bash

# name, kind, width, height, seed, and how it is compressed: as archives do it, from tiled pyramids to one untiled picture.
SAMPLES=(
    'harbour  harbour 3600 2400 1  -t 512,512   -n 6 -p RPCL -r 12 -I'
    'evening  harbour 2400 3200 2  -t 256,256   -n 5 -p RPCL -r 20 -I'
    'panorama harbour 4800 1200 5  -t 1024,1024 -n 6 -p RLCP -r 16 -I'
    'folio    page    1800 2600 3  -t 512,512   -n 5 -p RPCL -r 10 -I'
    'leaflet  page    1000 1400 4  -n 5 -p LRCP'
    'stamp    harbour  480  360 6  -n 3 -r 8 -I'
)

# Their ids, one a line.
sample_ids() { printf '1/1/%s\n' "${SAMPLES[@]%% *}"; }

make_samples() {
    local folder=$1/1/1 sample picture name kind width height seed
    local -a compress
    mkdir -p "$folder"
    for sample in "${SAMPLES[@]}"; do
        read -r name kind width height seed picture <<<"$sample"
        [[ -s $folder/$name.jp2 ]] && continue
        read -ra compress <<<"$picture"
        perl scripts/picture.pl "$kind" "$width" "$height" "$seed" >"$folder/.$name.ppm"
        opj_compress -i "$folder/.$name.ppm" -o "$folder/.$name.jp2" -threads ALL_CPUS "${compress[@]}" >/dev/null 2>&1 ||
            die "opj_compress could not make $name"
        mv "$folder/.$name.jp2" "$folder/$name.jp2"
        rm "$folder/.$name.ppm"
    done
}
